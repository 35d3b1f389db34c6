import type { Permission } from './role.ts';

/**
 * Wildcards that need no reason of their own, since what is before them names one thing of ours. All others must be
 * given a reason where the permission is written.
 */
const SELF_EXPLANATORY: readonly (readonly [RegExp, string])[] = [
  [/^arn:[^:]+:s3:::[^*/]+\/([^*]+\/)?\*$/, 'the objects of exactly this bucket, below this prefix'],
  [/:log-group:[^*]+:\*$/, 'the streams of exactly this log group'],
  [
    /:cloudformation:[^*]+:stack\/[^*]+\/\*$/,
    'the id that CloudFormation gives the stack of exactly this name',
  ],
  [/:dynamodb:[^*]+:table\/[^*]+\/index\/\*$/, 'the indexes of exactly this table'],
  [/:report-group\/[^*]+-\*$/, 'the report groups of exactly this project, which CodeBuild names'],
  [/:task-definition\/[^*]+:\*$/, 'the revisions of exactly this family'],
  [
    /:(service|service-revision|task|task-set|task-definition|container-instance)\/[^*]+\/\*$/,
    'what runs in exactly this cluster or service',
  ],
  [/:targetgroup\/[^*]+\/\*$/, 'the id that the balancer gives the target group of exactly this name'],
  [/:loadbalancer\/(app|net)\/[^*]+\/\*$/, 'the id that is given to the balancer of exactly this name'],
  [/:secret:[^*?]+-\?{6}$/, 'the six characters that Secrets Manager gives the secret of exactly this name'],
  [/:deploymentgroup:[^*]+\/\*$/, 'the deployment groups of exactly this application'],
];

/**
 * Why a wildcard stands in a permission's resource or action; undefined where none does.
 * @throws when one does and nobody says why
 */
export function reasonFor(permission: Permission, item: string): string | undefined {
  if (!/[*?]/.test(item)) return undefined;
  if (permission.because !== undefined) return permission.because;
  const known = SELF_EXPLANATORY.find(([pattern]) => pattern.test(item))?.[1];
  if (known !== undefined) return known;
  throw new Error(
    `The permission ${permission.actions[0]} on ${item} has a wildcard and no reason: name what is meant, or say why not in \`because\`.`,
  );
}
