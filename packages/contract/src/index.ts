export { definitionHash, platformHash } from './definition-hash.ts';
export type { Environment, Environments } from './environments.ts';
export { type Contracts, findServices, loadContracts, loadEnvironments, productOf } from './load.ts';
export { SERVICE_NAME_MAX, serviceName } from './names.ts';
export { ContractError, type ContractProblem, formatProblem } from './problem.ts';
export { type Contract, contractKeys, type Deployment, type Table } from './service.ts';
export { suggest } from './suggest.ts';
