import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createApi } from './api.ts';
import { createResources } from './resources.ts';
import { findRole, openTables, type Role } from './role.ts';

export type { NamedPolicy, Role, Statement } from './role.ts';

export interface Iam {
  api: Api;
  resources: ResourceHandlers;
  /** The role of that ARN or name, with who may assume it and what it may do; undefined when there is none. */
  role(arnOrName: string): Role | undefined;
}

/** Roles and policies: who may do what. Nothing is denied here; those who enforce ask `role`. */
export function createIam(context: Context): Iam {
  const tables = openTables(context);
  return {
    api: createApi(context, tables),
    resources: createResources(context, tables),
    role: arnOrName => findRole(tables, arnOrName),
  };
}
