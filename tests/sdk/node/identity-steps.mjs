// One person in front of amazon-cognito-identity-js: each line on stdin is a method and what it is given, each line on
// stdout the callback that the library called and what it told, both as JSON.
import { createInterface } from "node:readline";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";

const { endpoint, poolId, clientId, username, flow } = JSON.parse(process.argv[2]);
const pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint });
const user = new CognitoUser({ Username: username, Pool: pool });
user.setAuthenticationFlowType(flow);
const callbacks = [
  "onSuccess",
  "onFailure",
  "mfaRequired",
  "totpRequired",
  "selectMFAType",
  "mfaSetup",
  "associateSecretCode",
  "customChallenge",
];
const details = (password) => new AuthenticationDetails({ Username: username, ...(password && { Password: password }) });

// Where the library wants its callbacks: an object of them, or one function for both ends.
const methods = {
  authenticateUser: ([password], all) => user.authenticateUser(details(password), all),
  initiateAuth: (given, all) => user.initiateAuth(details(), all),
  sendMFACode: ([code, type], all) => user.sendMFACode(code, all, type),
  sendMFASelectionAnswer: ([type], all) => user.sendMFASelectionAnswer(type, all),
  sendCustomChallengeAnswer: ([answer], all) => user.sendCustomChallengeAnswer(answer, all),
  associateSoftwareToken: (given, all) => user.associateSoftwareToken(all),
  verifySoftwareToken: ([code, name], all) => user.verifySoftwareToken(code, name, all),
  setUserMfaPreference: ([sms, app], all, ended) => user.setUserMfaPreference(sms, app, ended),
  enableMFA: (given, all, ended) => user.enableMFA(ended),
  disableMFA: (given, all, ended) => user.disableMFA(ended),
};
const plain = (told) => {
  if (told instanceof Error) return { name: told.name, message: told.message };
  return told?.isValid ? { signedIn: told.isValid() && told.getIdToken().payload["cognito:username"] } : told;
};
const step = (method, given) =>
  new Promise((resolve) => {
    const called = (name) => (...told) => resolve({ [name]: told.map(plain) });
    const all = Object.fromEntries(callbacks.map((name) => [name, called(name)]));
    methods[method](given, all, (error, value) => (error ? all.onFailure(error) : all.onSuccess(value)));
  });

setTimeout(() => process.exit(1), 60_000).unref();
for await (const line of createInterface({ input: process.stdin })) {
  const [method, ...given] = JSON.parse(line);
  console.log(JSON.stringify(await step(method, given)));
}
