import { messageOf } from './core/errors.ts';

/** Where the values of a task's secrets are. */
export interface SecretStores {
  /** The value of a parameter; undefined when there is none. */
  parameter(name: string): string | undefined;
  /** Throws with a sentence when there is none. */
  secret(id: string, choice: { versionStage?: string; versionId?: string }): string;
}

/**
 * The value behind a container definition's `valueFrom`: a parameter by name or ARN, a secret by its ARN, behind which
 * key, version stage and version id may follow. Throws with ECS's words and the reference, never with a value.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function taskSecret(stores: SecretStores, valueFrom: string): string {
  const [, , service, , , ...rest] = valueFrom.split(':');
  if (!valueFrom.startsWith('arn:')) return parameterOf(stores, valueFrom, valueFrom);
  if (service === 'ssm')
    return parameterOf(stores, `/${rest.join(':').replace(/^parameter\//, '')}`, valueFrom);
  if (service !== 'secretsmanager' || rest.length < 2 || rest.length > 5 || rest[0] !== 'secret') {
    throw new Error(`invalid ARN format for a secret: ${valueFrom}`);
  }
  const [, name, key, stage, id] = rest;
  const arn = `${valueFrom.split(':').slice(0, 5).join(':')}:secret:${name}`;
  const text = secretOf(stores, arn, { ...(stage && { versionStage: stage }), ...(id && { versionId: id }) });
  return key ? keyOf(text, key, arn) : text;
}

function parameterOf(stores: SecretStores, name: string, valueFrom: string): string {
  const plain = name.startsWith('/') && !name.slice(1).includes('/') ? name.slice(1) : name;
  const value = stores.parameter(name) ?? stores.parameter(plain);
  if (value === undefined)
    throw new Error(`unable to retrieve secrets from ssm: invalid parameters: ${valueFrom}`);
  return value;
}

function secretOf(
  stores: SecretStores,
  arn: string,
  choice: { versionStage?: string; versionId?: string },
): string {
  try {
    return stores.secret(arn, choice);
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(
      `unable to retrieve secret from asm: failed to fetch secret ${arn} from secrets manager: ${reason}`,
    );
  }
}

function keyOf(text: string, key: string, arn: string): string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error(`retrieved secret ${arn} is no JSON, so it has no key ${key}`);
  }
  const value = (content as Record<string, unknown> | null)?.[key];
  if (value === undefined || typeof content !== 'object' || !Object.hasOwn(content as object, key))
    throw new Error(`retrieved secret ${arn} did not contain JSON key ${key}`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What `{{resolve:secretsmanager:…}}` of a template names; undefined when there is none. Never throws with a value. */
export function referencedSecret(
  { secret }: Pick<SecretStores, 'secret'>,
  name: { secretId: string; jsonKey?: string; versionStage?: string; versionId?: string },
): string | undefined {
  const { secretId, jsonKey, versionStage, versionId } = name;
  let text: string;
  try {
    text = secret(secretId, { ...(versionStage && { versionStage }), ...(versionId && { versionId }) });
  } catch {
    return undefined;
  }
  return jsonKey === undefined ? text : keyOf(text, jsonKey, secretId);
}
