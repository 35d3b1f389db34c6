import { createHash } from 'node:crypto';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import { type PasswordRules, randomPassword } from './random-password.ts';
import type { Secret, Secrets } from './secret.ts';

type GenerateSecretString = PasswordRules & { SecretStringTemplate?: string; GenerateStringKey?: string };

/** `AWS::SecretsManager::Secret`: Ref and Fn::GetAtt Id give the ARN. What was generated once stays. */
export function createResources(secrets: Secrets): ResourceHandlers {
  const create = (request: ResourceRequest): ResourceResult => {
    const { SecretString, GenerateSecretString, Description } = request.properties;
    const secret = secrets.create(nameOf(request), {
      madeBy: request.token,
      ...(typeof Description === 'string' ? { description: Description } : {}),
    });
    const value: string | undefined =
      typeof SecretString === 'string'
        ? SecretString
        : GenerateSecretString === undefined
          ? undefined
          : generate(GenerateSecretString as GenerateSecretString);
    // Made again after a crash, it has its text already.
    return resultOf(value && secret.versions.length === 0 ? secrets.write(secret.name, value) : secret);
  };
  return {
    'AWS::SecretsManager::Secret': {
      create: async request => create(request),
      update: async request => {
        const { properties, previous, physicalId } = request;
        if (properties.Name !== previous.Name) return create(request);
        if (typeof properties.SecretString === 'string' && properties.SecretString !== previous.SecretString)
          secrets.write(physicalId, properties.SecretString);
        return resultOf(secrets.describe(physicalId, String(properties.Description ?? '')));
      },
      delete: async ({ physicalId }) => {
        secrets.delete(physicalId, true);
      },
    },
  };
}

/** A password, or a JSON object in which it is the value of one more key. */
function generate(rules: GenerateSecretString): string {
  const password = randomPassword(rules);
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if ((template === undefined) !== (key === undefined))
    throw new Error('SecretStringTemplate and GenerateStringKey are given together or not at all');
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...JSON.parse(template), [key]: password });
}

function resultOf({ arn }: Secret): ResourceResult {
  return { physicalId: arn, attributes: { Id: arn } };
}

function nameOf({ properties, logicalId, stack, token }: ResourceRequest): string {
  if (typeof properties.Name === 'string') return properties.Name;
  return `${logicalId}${stack.name}-${createHash('sha256').update(token).digest('hex').slice(0, 12)}`;
}
