export type { Alarms } from './alarms.ts';
export { type Capacity, type Ec2, instanceArchitecture } from './capacity.ts';
export type { Sidecar } from './containers.ts';
export { definitionHash, platformHash } from './definition-hash.ts';
export type { CodeDeployDeployment, Deployment, EcsDeployment } from './deployment.ts';
export type { Domain } from './domain.ts';
export { type Environment, type Environments, environmentsKeys } from './environments.ts';
export {
  type Contracts,
  findServices,
  loadContracts,
  loadEnvironments,
  positionOf,
  productOf,
} from './load.ts';
export { SERVICE_NAME_MAX, serviceName } from './names.ts';
export { ContractError, type ContractProblem, formatProblem } from './problem.ts';
export { partitionOf } from './regions.ts';
export type { CodeCommitRepository, ConnectedRepository, Repository } from './repository.ts';
export { type Scaling, scalingIn } from './scaling.ts';
export type { Schedule } from './schedules.ts';
export { generatedSecrets, type Secret, type Secrets, secretsOf } from './secrets.ts';
export { type Callee, type Contract, contractKeys, type Table } from './service.ts';
export type { ServiceAlarms } from './service-alarms.ts';
export { suggest } from './suggest.ts';
