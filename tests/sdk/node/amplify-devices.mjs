// A person with a remembered device, by aws-amplify v6: a code once, then none; prints what happened as JSON.
import { createHmac } from "node:crypto";
import { Amplify } from "aws-amplify";
import { confirmSignIn, fetchAuthSession, fetchDevices, forgetDevice, rememberDevice, signIn, signOut } from "aws-amplify/auth";

const { endpoint, poolId, clientId, username, password, secret, flow } = JSON.parse(process.argv[2]);
Amplify.configure({
  Auth: { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } },
});
// The name of the device is asked of the browser.
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "a browser", platform: "tests" } });
const calls = [];
const send = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  const body = JSON.parse(options.body);
  const name = new Headers(options.headers).get("x-amz-target").split(".")[1];
  calls.push(name + (body.ChallengeName ? `:${body.ChallengeName}` : ""));
  return send(url, options);
};

// RFC 6238 over the secret that was set up, in base32.
const bits = [...secret].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
const code = () => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
};

const told = {};
const begin = async () => {
  calls.length = 0;
  return signIn({ username, password, options: { authFlowType: flow } });
};
try {
  told.first = [(await begin()).nextStep.signInStep];
  told.first.push((await confirmSignIn({ challengeResponse: code() })).nextStep.signInStep);
  told.confirmed = calls.at(-1);
  await rememberDevice();
  await signOut();
  told.again = (await begin()).nextStep.signInStep;
  told.calls = [...calls];
  const tokens = (await fetchAuthSession({ forceRefresh: true })).tokens;
  told.device = tokens.accessToken.payload.device_key;
  told.listed = (await fetchDevices()).map((one) => one.id);
  await forgetDevice();
  await signOut();
  told.forgotten = (await begin()).nextStep.signInStep;
} catch (error) {
  told.refused = { name: error.name, message: error.message };
}
console.log(JSON.stringify(told));
