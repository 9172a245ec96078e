// Signs in with aws-amplify v6 as a browser would, by SRP, and refreshes; prints what happened as JSON.
import { Amplify } from "aws-amplify";
import { confirmSignIn, fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signOut } from "aws-amplify/auth";

const { endpoint, poolId, clientId, username, password, newPassword } = JSON.parse(process.argv[2]);
Amplify.configure({
  Auth: { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } },
});
const calls = [];
const send = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  const headers = new Headers(options?.headers);
  calls.push(headers.get("x-amz-target")?.split(".")[1]);
  return send(url, options);
};
const told = { calls, steps: [] };

try {
  let step = await signIn({ username, password, options: { authFlowType: "USER_SRP_AUTH" } });
  told.steps.push(step.nextStep.signInStep);
  if (step.nextStep.signInStep === "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED") {
    step = await confirmSignIn({ challengeResponse: newPassword });
    told.steps.push(step.nextStep.signInStep);
  }
  told.user = await getCurrentUser();
  const first = (await fetchAuthSession()).tokens;
  told.claims = first.idToken.payload;
  told.attributes = await fetchUserAttributes();
  const second = (await fetchAuthSession({ forceRefresh: true })).tokens;
  told.refreshed = second.accessToken.toString() !== first.accessToken.toString();
  await signOut({ global: true });
  told.afterSignOut = await getCurrentUser().catch((error) => error.name);
} catch (error) {
  told.refused = { name: error.name, message: error.message };
}
console.log(JSON.stringify(told));
