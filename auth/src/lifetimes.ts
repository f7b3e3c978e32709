const minute = 60;
const hour = 60 * minute;

export const accessTokenSeconds = 5 * minute;

/** Seconds, by the provider's names. The grant is the hard stop of a chain of refresh tokens. */
export const lifetimes = {
  AccessToken: accessTokenSeconds,
  ClientCredentials: accessTokenSeconds,
  IdToken: 5 * minute,
  AuthorizationCode: 30,
  PushedAuthorizationRequest: minute,
  DeviceCode: 10 * minute,
  Interaction: 10 * minute,
  RefreshToken: 8 * hour,
  Session: 8 * hour,
  Grant: 14 * 24 * hour,
};
