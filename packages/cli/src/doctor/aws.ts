import { formatProblem, loadContracts, loadEnvironments } from '@slipway/contract';
import { statusOf } from '../aws/stack-change.ts';
import type { Access, Target } from '../target.ts';
import type { World } from '../world.ts';
import { examineAccounts } from './accounts.ts';
import { examineDomains } from './domain.ts';
import { examine, type Finding, lookAt } from './finding.ts';
import { examineQuotas } from './quotas.ts';
import { examineSource } from './source.ts';

/**
 * Everything that a deployment needs, looked at and never touched. Where an account cannot be reached nothing else can
 * be looked at, so only that is told.
 */
export async function examineAws(world: World, access: Access): Promise<Finding[]> {
  const environments = loadEnvironments(world.root);
  const contracts = await examine('contracts', async () => contractsFinding(world.root));
  const accounts = await examineAccounts(environments, access);
  if (accounts.some(({ state }) => state === 'missing')) return [contracts, ...accounts];
  const product = environments.name;
  const [bootstrap, source, roles, stacks, quotas, domains] = await Promise.all([
    lookAt('bootstrap', () => bootstrapFinding(access.home)),
    lookAt('source', () => examineSource(world, environments, access.home)),
    lookAt('roles', () => serviceLinkedRolesFinding(access.home)),
    lookAt('stacks', () => stacksFinding(access.home, product)),
    examineQuotas(world.root, environments, access),
    examineDomains(environments, access),
  ]);
  return [contracts, ...accounts, bootstrap, source, roles, ...quotas, ...domains, stacks];
}

function contractsFinding(root: string): Finding {
  const { services, problems } = loadContracts(root);
  const what = 'contracts';
  if (problems.length === 0)
    return { what, state: 'good', text: services.map(({ name }) => name).join(', ') };
  const list = problems.map(formatProblem).join('\n             ');
  return { what, state: 'note', text: `left out until they are mended:\n             ${list}` };
}

/**
 * The CDK's bootstrap is not needed: no template carries assets, and each stack is made with the caller's credentials
 * or with a role of the tooling. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html
 */
async function bootstrapFinding(target: Target): Promise<Finding> {
  const { GetParametersCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const command = new GetParametersCommand({ Names: ['/cdk-bootstrap/hnb659fds/version'] });
  const { Parameters } = await new SSMClient(target).send(command);
  const version = Parameters?.[0]?.Value;
  const text = version ? `the CDK's version ${version} is there and not needed` : "the CDK's is not needed";
  return { what: 'bootstrap', state: 'good', text };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html */
const SERVICE_LINKED_ROLES = [
  'AWSServiceRoleForECS',
  'AWSServiceRoleForElasticLoadBalancing',
  'AWSServiceRoleForApplicationAutoScaling_ECSService',
];

/** AWS makes them at the first use, which the platform's role allows. */
async function serviceLinkedRolesFinding(target: Target): Promise<Finding> {
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
  const client = new IAMClient(target);
  const missing: string[] = [];
  for (const RoleName of SERVICE_LINKED_ROLES)
    await client.send(new GetRoleCommand({ RoleName })).catch(error => {
      if (error.name !== 'NoSuchEntityException') throw error;
      missing.push(RoleName);
    });
  const text =
    missing.length === 0
      ? 'the service-linked roles are there'
      : `${missing.join(', ')}: made by AWS at the first use, on behalf of the platform's role`;
  return { what: 'roles', state: missing.length === 0 ? 'good' : 'note', text };
}

async function stacksFinding(target: Target, product: string): Promise<Finding> {
  const what = 'stacks';
  const found: string[] = [];
  for (const name of [`${product}-repository`, `${product}-tooling`, `${product}-platform-pipeline`]) {
    const status = await statusOf(target, name);
    if (status) found.push(`${name} is ${status}`);
  }
  if (found.length === 0) return { what, state: 'good', text: 'nothing is deployed yet' };
  const failed = found.some(text => /FAILED/.test(text));
  return { what, state: failed ? 'missing' : 'good', text: found.join(', ') };
}
