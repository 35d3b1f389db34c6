import { type Environments, partitionOf } from '@slipway/contract';
import type { Spot, Target } from './target.ts';

/**
 * How a build sees what is live in a place. At home it has its own role; in another account it takes on the role there
 * that may look and nothing else.
 */
export async function buildAccess(environments: Environments): Promise<(spot: Spot) => Target> {
  const { name: product, account: home, region } = environments;
  const foreign = new Set(
    environments.environments.map(({ account }) => account).filter(each => each !== home),
  );
  const looks = new Map(
    await Promise.all(
      [...foreign].map(async account => [account, await look({ product, account, region })] as const),
    ),
  );
  return spot => {
    const credentials = looks.get(spot.account);
    return {
      ...(spot.region !== region && { region: spot.region }),
      ...(credentials && { credentials }),
    };
  };
}

async function look({ product, account, region }: Spot & { product: string }) {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const RoleArn = `arn:${partitionOf(region)}:iam::${account}:role/${product}-look`;
  const { Credentials } = await new STSClient({}).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: `${product}-look` }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}
