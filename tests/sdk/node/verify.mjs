// Verifies tokens with aws-jwt-verify: as Cognito's own where the issuer is AWS's, by any issuer elsewhere.
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";

const { mode, poolId, clientId, issuer, jwks, tokens } = JSON.parse(process.argv[2]);

const verifiers = {
  aws: (tokenUse) => {
    const verifier = CognitoJwtVerifier.create({ userPoolId: poolId, clientId, tokenUse });
    verifier.cacheJwks(jwks);
    return verifier;
  },
  self: (tokenUse) => {
    const audience = tokenUse === "id" ? clientId : null;
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` });
    verifier.cacheJwks(jwks);
    return verifier;
  },
};

const results = {};
for (const [tokenUse, token] of Object.entries(tokens)) {
  try {
    results[tokenUse] = (await verifiers[mode](tokenUse).verify(token)).token_use;
  } catch (error) {
    results[tokenUse] = error.constructor.name;
  }
}
console.log(JSON.stringify(results));
