/** `arn:aws:<service>:<region>:<account>:<resource>`, for instance `arn:aws:ecs:…:cluster/slipway-staging`. */
export function arn(service: string, place: { region: string; account: string }, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

/** What stands behind the last `/` or `:` of an ARN or of a plain name. */
export function nameOf(arnOrName: string): string {
  return arnOrName.slice(Math.max(arnOrName.lastIndexOf('/'), arnOrName.lastIndexOf(':')) + 1);
}
