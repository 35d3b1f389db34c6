import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createApi } from './api.ts';
import { createResources } from './resources.ts';
import { Secrets, type VersionChoice } from './secret.ts';

export interface SecretsManager {
  api: Api;
  resources: ResourceHandlers;
  /** The text of a secret by name or ARN, its current version unless told. Throws AwsError without the text in it. */
  value(id: string, choice?: VersionChoice): string;
}

/** Secrets. */
export function createSecretsManager(context: Context): SecretsManager {
  const secrets = new Secrets(context);
  return {
    api: createApi(secrets),
    resources: createResources(secrets),
    value: (id, choice) => secrets.version(id, choice).value,
  };
}
