import { AwsError } from '../../core/errors.ts';
import type { Store, Table } from '../../core/store.ts';
import { builtInConfigs, type DeploymentConfig } from './config.ts';
import type { Deployment } from './deployment.ts';
import type { Application, DeploymentGroup } from './group.ts';

/** CodeDeploy's tables. */
export interface Tables {
  applications: Table<Application>;
  configs: Table<DeploymentConfig>;
  groups: Table<DeploymentGroup>;
  deployments: Table<Deployment>;
  /** The deployments that still do something, by id; the value is `application/group`. */
  active: Table<string>;
  /** The deployment that a token created. */
  tokens: Table<string>;
}

export function openTables(store: Store): Tables {
  return {
    applications: store.table('codedeploy_applications'),
    configs: store.table('codedeploy_configs'),
    groups: store.table('codedeploy_groups'),
    deployments: store.table('codedeploy_deployments'),
    active: store.table('codedeploy_active'),
    tokens: store.table('codedeploy_tokens'),
  };
}

/** Throws ApplicationDoesNotExistException. */
export function applicationNamed(tables: Tables, name: unknown): Application {
  const application = typeof name === 'string' ? tables.applications.get(name) : undefined;
  if (!application)
    throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${String(name)}`);
  return application;
}

/** Throws ApplicationDoesNotExistException or DeploymentGroupDoesNotExistException. */
export function groupNamed(tables: Tables, application: unknown, name: unknown): DeploymentGroup {
  const group = tables.groups.get(`${applicationNamed(tables, application).name}/${String(name)}`);
  if (!group)
    throw new AwsError(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${String(name)}`,
    );
  return group;
}

/** Built in or of this account. Throws DeploymentConfigDoesNotExistException. */
export function configNamed(tables: Tables, name: string): DeploymentConfig {
  if (Object.hasOwn(builtInConfigs, name))
    return { id: name, name, created: 0, routing: builtInConfigs[name]! };
  const config = tables.configs.get(name);
  if (!config)
    throw new AwsError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found: ${name}`);
  return config;
}

/** Throws DeploymentDoesNotExistException. */
export function deploymentOf(tables: Tables, id: unknown): Deployment {
  const deployment = typeof id === 'string' ? tables.deployments.get(id) : undefined;
  if (!deployment)
    throw new AwsError('DeploymentDoesNotExistException', `The deployment ${String(id)} could not be found`);
  return deployment;
}
