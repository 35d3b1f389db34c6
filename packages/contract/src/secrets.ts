import { z } from 'zod';
import { variableName } from './variables.ts';

const SECRET_ARN =
  /^arn:aws(-cn|-us-gov)?:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,256}$/;
const PARAMETER_ARN = /^arn:aws(-cn|-us-gov)?:ssm:[a-z0-9-]+:\d{12}:parameter\/[A-Za-z0-9/_.-]{1,256}$/;
const NAME = /^[a-z][a-z0-9]*([-/][a-z0-9]+)*$/;

/**
 * Secrets Manager adds a hyphen and six characters to the ARN of each secret; a name that ends in the same way cannot be
 * told from such an ARN. https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
const LIKE_AN_ARN = /-[A-Za-z0-9]{6}$/;

const name = (arn: RegExp, kind: string) =>
  z
    .string()
    .max(300)
    .refine(
      value => arn.test(value) || (NAME.test(value) && value.length <= 60),
      `must be a name of lower-case words with hyphens and slashes, or the ARN of ${kind}`,
    );

const key = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be a key of the JSON in the secret');

const secret = z
  .strictObject({
    secret: name(SECRET_ARN, 'a secret')
      .refine(
        value => value.startsWith('arn:') || !LIKE_AN_ARN.test(value),
        'must not end in a hyphen and six characters, as the ARN of a secret does: choose another name',
      )
      .optional(),
    parameter: name(PARAMETER_ARN, 'a parameter').optional(),
    key: key.optional(),
    generate: z.literal(true, 'must be true').optional(),
  })
  .superRefine((value, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ((value.secret === undefined) === (value.parameter === undefined)) {
      issue([], 'must name either a secret (of Secrets Manager) or a parameter (of Systems Manager)');
    }
    if (value.parameter !== undefined && value.key !== undefined)
      issue(['key'], 'belongs to a secret: a parameter has one value');
    if (!value.generate) return;
    if (value.secret === undefined || value.secret.startsWith('arn:')) {
      issue(['generate'], 'makes a secret of your own: give it a name with secret');
    }
    if (value.key !== undefined)
      issue(['generate'], 'makes a plain text, which has no keys: remove one of both');
  });

/** Variables whose values stand in Secrets Manager or in a parameter, and nowhere else. */
export const secrets = z.record(variableName, secret);

export type Secret = z.infer<typeof secret>;
export type Secrets = Readonly<Record<string, Secret>>;

interface WithSecrets {
  readonly secrets: Secrets;
  readonly containers: Readonly<Record<string, { readonly secrets: Secrets }>>;
}

/** All secrets that a service's tasks read, its own and its sidecars'. */
export function secretsOf(service: WithSecrets): Secret[] {
  return [service, ...Object.values(service.containers)].flatMap(({ secrets }) => Object.values(secrets));
}

/** The names of the secrets that are made for a service, each once. */
export function generatedSecrets(service: WithSecrets): string[] {
  const names = secretsOf(service).flatMap(({ secret, generate }) => (generate && secret ? [secret] : []));
  return [...new Set(names)].sort();
}
