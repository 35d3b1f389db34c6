import type { Contract, Secret, Secrets } from '@slipway/contract';
import type { Names } from '../names.ts';

/** A secret's value as ECS finds it: only what it is called, never what it is. */
export interface SecretReference {
  readonly name: string;
  readonly valueFrom: string;
}

/** The members `secrets` of a container definition, by variable. */
export function secretReferences(
  names: Names,
  service: Contract,
  environment: string,
  secrets: Secrets,
): SecretReference[] {
  return Object.entries(secrets)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, secret]) => ({ name, valueFrom: valueFrom(names, service, environment, secret) }));
}

/**
 * The ARN under which a secret is read. A secret that is told by name has an ARN without the six characters at its end,
 * which Secrets Manager takes where the name does not itself end like that; a key of its JSON follows behind colons.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
function valueFrom(names: Names, service: Contract, environment: string, secret: Secret): string {
  const arn = secretArn(names, service, environment, secret);
  return secret.key === undefined ? arn : `${arn}:${secret.key}::`;
}

/** The ARN of a secret or parameter: one that is told by name stands below the service's own prefix. */
export function secretArn(names: Names, service: Contract, environment: string, secret: Secret): string {
  const deployed = names.deployed(service.name, environment);
  const name = secret.secret ?? secret.parameter!;
  if (name.startsWith('arn:')) return name;
  return secret.secret === undefined
    ? names.arn('ssm', `parameter${deployed.parameter(name)}`)
    : names.arn('secretsmanager', `secret:${deployed.secret(name)}`);
}

/** The ARNs that lead to what Slipway names, be it another service's or the platform's: `prefix` is that of all names. */
export function foreignSecrets(prefix: string, secrets: readonly Secret[]): string[] {
  const arns = secrets.flatMap(({ secret, parameter }) =>
    [secret, parameter].filter(arn => arn?.startsWith('arn:')),
  );
  return arns.flatMap(arn => {
    const name = arn!
      .split(':')
      .slice(5)
      .join(':')
      .replace(/^(secret:|parameter\/)/, '');
    return name.startsWith(`${prefix}/`) ? [arn!] : [];
  });
}
