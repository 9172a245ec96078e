// Signs in by SRP with amazon-cognito-identity-js: one person's day, or what is refused; prints what happened as JSON.
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";

const { endpoint, poolId, clientId, username, password, newPassword } = JSON.parse(process.argv[2]);
const pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint });
const user = new CognitoUser({ Username: username, Pool: pool });
const told = [];

// The library takes an object of callbacks; what is not expected ends as a refusal.
const signIn = () =>
  new Promise((resolve, reject) => {
    const answers = {
      onSuccess: resolve,
      onFailure: reject,
      newPasswordRequired: (attributes, required) => {
        told.push({ newPasswordRequired: { attributes, required } });
        user.completeNewPasswordChallenge(newPassword, {}, answers);
      },
    };
    user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), answers);
  });
const called = (start) => new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));

try {
  const session = await signIn();
  told.push({ signedIn: session.isValid(), username: user.getUsername(), claims: session.getIdToken().payload });
  const refreshed = await called((done) => user.refreshSession(session.getRefreshToken(), done));
  told.push({ refreshed: refreshed.getAccessToken().getJwtToken() !== session.getAccessToken().getJwtToken() });
  const attributes = await called((done) => user.getUserAttributes(done));
  told.push({ attributes: Object.fromEntries(attributes.map((one) => [one.Name, one.Value])) });
  await new Promise((resolve) => user.signOut(resolve));
  const after = await called((done) => user.refreshSession(session.getRefreshToken(), done)).catch((error) => error);
  told.push({ afterSignOut: { name: after.name, message: after.message } });
} catch (error) {
  told.push({ refused: { name: error.name, message: error.message } });
}
console.log(JSON.stringify(told));
