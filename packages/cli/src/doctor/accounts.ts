import type { Environments } from '@slipway/contract';
import { spotsOf } from '../aws/access.ts';
import { isUnreachable, messageOf } from '../errors.ts';
import type { Access, Spot, Target } from '../target.ts';
import type { Finding } from './finding.ts';

/**
 * Whether each account and region of environments.yaml can be reached with the right credentials. The regional address
 * of STS also refuses in a region that the account has not enabled.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export async function examineAccounts(environments: Environments, access: Access): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const spot of spotsOf(environments)) findings.push(await examineSpot(access, spot));
  return findings;
}

async function examineSpot(access: Access, { account, region }: Spot): Promise<Finding> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const what = 'account';
  const target = access.at({ account, region });
  try {
    const { Account, Arn } = await new STSClient(target).send(new GetCallerIdentityCommand({}));
    if (Account === account) return { what, state: 'good', text: `${account} in ${region} as ${Arn}` };
    return {
      ...{ what, state: 'missing' },
      text: `${account} is wanted in ${region}, but these are credentials of ${Account}: give --profile ${account}=<a profile of it>, or mend pipeline/environments.yaml`,
    };
  } catch (error) {
    const text = `${account} in ${region}: ${messageOf(error)}; ${adviceFor(error, { region, target })}`;
    return { what, state: 'missing', text };
  }
}

function adviceFor(error: unknown, { region, target }: { region: string; target: Target }): string {
  if (isUnreachable(error)) return 'AWS cannot be reached from here: is the network up?';
  if (/InvalidClientTokenId|UnrecognizedClient/.test(error instanceof Error ? error.name : ''))
    return `the credentials are wrong, or ${region} is not enabled for the account (Account settings, AWS Regions)`;
  const ways = 'aws sso login, AWS_PROFILE, or --profile';
  return target.profile
    ? `is there a profile ${target.profile}, and is it signed in? Give credentials as to any AWS tool: ${ways}`
    : `give credentials as to any AWS tool: ${ways}`;
}
