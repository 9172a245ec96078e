// A person with a remembered device, by amazon-cognito-identity-js: signs in with a code, lets the device be remembered,
// signs in again from it, and forgets it without telling the browser; prints what happened as JSON.
import { createHmac } from "node:crypto";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";

const { endpoint, poolId, clientId, username, password, secret, flow } = JSON.parse(process.argv[2]);
const pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint });
const told = [];
const calls = [];
const send = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  const body = JSON.parse(options.body);
  calls.push(new Headers(options.headers).get("x-amz-target").split(".")[1] + (body.ChallengeName ? `:${body.ChallengeName}` : ""));
  return send(url, options);
};

// RFC 6238 over the secret that was set up, in base32.
const bits = [...secret].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
const code = (steps) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
};

// Each sign-in is that of a page that was opened anew: only what is stored is left of the one before.
const signIn = (steps) => {
  calls.length = 0;
  const user = new CognitoUser({ Username: username, Pool: pool });
  user.setAuthenticationFlowType(flow);
  return new Promise((resolve, reject) => {
    let asked = false;
    const answers = {
      onSuccess: (session, needed) => resolve({ user, session, needed: needed === true, asked, calls: [...calls] }),
      onFailure: reject,
      totpRequired: () => {
        asked = true;
        if (steps === undefined) return resolve({ asked, calls: [...calls] });
        user.sendMFACode(code(steps), answers, "SOFTWARE_TOKEN_MFA");
      },
    };
    user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), answers);
  });
};
const called = (start) => new Promise((resolve, reject) => start({ onSuccess: resolve, onFailure: reject }));
const tell = ({ session, needed, asked, calls }) =>
  told.push({ asked, needed, calls, device: session.getAccessToken().payload.device_key });

try {
  const first = await signIn(0);
  tell(first);
  await called((answers) => first.user.setDeviceStatusRemembered(answers));
  const again = await signIn(1);
  tell(again);
  const refreshed = await new Promise((resolve, reject) =>
    again.user.refreshSession(again.session.getRefreshToken(), (error, value) => (error ? reject(error) : resolve(value))),
  );
  told.push({ refreshed: refreshed.getAccessToken().payload.device_key });
  const { Device } = await called((answers) => again.user.getDevice(answers));
  told.push({ known: Device.DeviceKey, name: Device.DeviceAttributes.some((one) => one.Name === "device_name") });
  const { Devices } = await called((answers) => again.user.listDevices(10, null, answers));
  told.push({ listed: Devices.map((one) => one.DeviceKey) });
  await called((answers) => again.user.setDeviceStatusNotRemembered(answers));
  tell(await signIn(1));
  await called((answers) => again.user.forgetSpecificDevice(again.user.deviceKey, answers));
  told.push(await signIn());
} catch (error) {
  told.push({ refused: { name: error.name, message: error.message } });
}
console.log(JSON.stringify(told));
