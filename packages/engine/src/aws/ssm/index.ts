import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createApi } from './api.ts';
import { Parameters } from './parameter.ts';
import { createResources } from './resources.ts';

export interface Ssm {
  api: Api;
  resources: ResourceHandlers;
  /** The value of a parameter, its newest version unless one is named; undefined when there is none. */
  parameter(name: string, version?: number): string | undefined;
}

/** Parameter Store. */
export function createSsm(context: Context): Ssm {
  const parameters = new Parameters(context);
  return {
    api: createApi(parameters),
    resources: createResources(parameters),
    parameter: (name, version) => parameters.get(name, version)?.value,
  };
}
