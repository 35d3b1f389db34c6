#!/usr/bin/env node
/**
 * Starts the bundle of a service once and checks its health.
 *
 *   node pipeline/bin/boot.ts SERVICE
 */
import { resolve } from 'node:path';
import { ContractError, loadContracts, loadEnvironments } from '@slipway/contract';
import { boot } from '../lib/boot.ts';
import { createNames } from '../lib/names.ts';
import { serviceVariables } from '../lib/service/variables.ts';

const root = resolve(import.meta.dirname, '../..');
const name = process.argv[2] ?? '';

try {
  const environments = loadEnvironments(root);
  const { services, problems } = loadContracts(root, { only: name });
  if (problems.length > 0) throw new ContractError(problems);
  const service = services[0];
  if (service === undefined) throw new Error(`There is no service ${JSON.stringify(name)}.`);
  const fault = await boot({
    folder: resolve(root, 'packages', service.name, 'dist'),
    healthPath: service.health.path,
    variables: {
      AWS_REGION: environments.region,
      ...serviceVariables(createNames(environments), service, environments.environments[0]!),
      // What is secret is none of the build's business: the variables are there, their values are not.
      ...Object.fromEntries(Object.keys(service.secrets).map(variable => [variable, 'not-the-secret'])),
    },
    timeoutMs: 20_000,
    output: process.stdout,
  });
  console.log(fault === undefined ? `${name} starts and is healthy.` : `${name} does not start: ${fault}.`);
  process.exitCode = fault === undefined ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
