/** Somebody who is signed in, as their access token says. */
export type Caller = {
  /** The user's id. */
  readonly id: string;
  /** The name to show. */
  readonly name: string;
  readonly roles: readonly string[];
};

/** Who issues the access tokens, for whom, how they are signed and how long they are good. */
export const accessTokens = {
  issuer: 'slipway-user',
  audience: 'slipway',
  algorithm: 'EdDSA',
  lifetimeSeconds: 15 * 60,
} as const;
