import type { Contract } from '@slipway/contract';
import { Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** What can be told of a resource; the commit is not among it, or every push would update everything. */
export interface TagValues {
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly repository: string;
}

export function tagsOf(values: TagValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`slipway:${key}`, String(value)]),
  );
}

/**
 * Listener rules do not tell their team: CloudFormation would update a rule when a team is renamed, and whether it leaves
 * the rule's actions to whoever shifts traffic then is unconfirmed.
 */
export function addTags(scope: IConstruct, values: TagValues): void {
  const excludeResourceTypes = ['AWS::ElasticLoadBalancingV2::ListenerRule'];
  for (const [key, value] of Object.entries(tagsOf(values)))
    Tags.of(scope).add(key, value, key === 'slipway:team' ? { excludeResourceTypes } : {});
}

/** The tags of what a service has in an environment; the task definitions of its releases carry them, too. */
export function serviceTags(repository: string, service: Contract, environment: string): TagValues {
  return { repository, environment, service: service.name, team: service.team };
}
