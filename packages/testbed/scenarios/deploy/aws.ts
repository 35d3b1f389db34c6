import { join } from 'node:path';
import { type Cli, makeCli } from '../../src/cli.ts';
import type { Clone } from '../../src/clone.ts';
import { type LoneEngine, named, startLoneEngine } from '../../src/lone-engine.ts';

/** An engine that answers as if it were AWS, and a command line that knows its address and nothing else of it. */
export interface PosingAws extends AsyncDisposable {
  engine: LoneEngine;
  cli: Cli;
}

export async function poseAsAws(clone: Clone): Promise<PosingAws> {
  const state = join(clone.place, 'aws');
  const { env } = await makeCli(clone);
  const production = Number(env.SLIPWAY_PRODUCTION_PORT);
  const listen = [`slipway-production-door:80=${production}`, `slipway-production:9080=${production + 1000}`];
  const engine = await startLoneEngine({ state, root: clone.root, listen });
  const cli = await makeCli(clone, {
    ...{ AWS_ENDPOINT_URL: engine.endpoint, AWS_ACCESS_KEY_ID: 'AKIAANYBODY', AWS_SECRET_ACCESS_KEY: 'any' },
    // CodeCommit's address leads to the engine's repository, and a push does not tell what becomes of it.
    ...{
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_VALUE_0: `${engine.endpoint}/git/slipway`,
      SLIPWAY_UNFOLLOWED: '1',
    },
    GIT_CONFIG_KEY_0: `url.${join(state, 'git', 'slipway.git')}.insteadOf`,
    SLIPWAY_PRODUCTION_PORT: String(production),
  });
  return { engine, cli, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

/** What is there of the product, by AWS's own lists; kinds of which there is nothing are left out. */
export async function leftIn({ query, json, get }: LoneEngine): Promise<Record<string, string[]>> {
  const lists = {
    stacks: named(await query('cloudformation', 'DescribeStacks'), 'StackName'),
    roles: named(await query('iam', 'ListRoles'), 'RoleName'),
    balancers: named(await query('elasticloadbalancing', 'DescribeLoadBalancers'), 'LoadBalancerName'),
    buckets: named(await get('s3', '/'), 'Name'),
    images: named(await json('ecr', 'Registry.DescribeRepositories'), 'repositoryName'),
    logs: named(await json('logs', 'Logs.DescribeLogGroups'), 'logGroupName'),
    pipelines: named(await json('codepipeline', 'CodePipeline.ListPipelines'), 'name'),
    repositories: named(await json('codecommit', 'CodeCommit.ListRepositories'), 'repositoryName'),
    secrets: named(await json('secretsmanager', 'secretsmanager.ListSecrets'), 'Name'),
    tables: tablesIn(await json('dynamodb', 'DynamoDB_20120810.ListTables')),
  };
  return Object.fromEntries(
    Object.entries(lists).flatMap(([kind, names]) => {
      const ours = names.filter(name => name.includes('slipway')).sort();
      return ours.length > 0 ? [[kind, ours]] : [];
    }),
  );
}

function tablesIn(answer: string): string[] {
  return (JSON.parse(answer) as { TableNames: string[] }).TableNames;
}
