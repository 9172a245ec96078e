// The seed's three functions with the AWS SDK for JavaScript, pointed at a server by endpoint URL alone.
import { createHmac } from "node:crypto";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";

const clientId = process.env.AWS_COGNITO_CLIENT_ID;
const clientSecret = process.env.AWS_COGNITO_APP_CLIENT_SECRET;
const provider = new CognitoIdentityProvider({ maxAttempts: 1 });

const secretHash = (username) =>
  createHmac("sha256", clientSecret).update(username + clientId).digest("base64");

const steps = {
  signUp: ({ email, password }) =>
    provider.signUp({
      ClientId: clientId,
      SecretHash: secretHash(email),
      Username: email,
      Password: password,
      UserAttributes: [{ Name: "email", Value: email }],
    }),
  confirm: ({ email, code }) =>
    provider.confirmSignUp({
      ClientId: clientId,
      SecretHash: secretHash(email),
      Username: email,
      ConfirmationCode: code,
    }),
  signIn: ({ email, password }) =>
    provider.initiateAuth({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: email, PASSWORD: password, SECRET_HASH: secretHash(email) },
    }),
};

const [step, input] = process.argv.slice(2);
try {
  const { $metadata, ...answer } = await steps[step](JSON.parse(input));
  console.log(JSON.stringify({ status: $metadata.httpStatusCode, answer }));
} catch (error) {
  console.log(JSON.stringify({ error: error.name, message: error.message, status: error.$metadata?.httpStatusCode }));
}
