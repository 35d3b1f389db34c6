import type { Guard } from './finding.ts';
import { type Found, find, follow, type Properties, type Synthesized } from './synthesized.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const NAME = 64;
const INLINE_POLICIES = 10_240;
const MANAGED_POLICY = 6144;
const MANAGED_POLICIES = 10;
const TRUST_POLICY = 2048;
/** What a reference that only a deployment knows becomes: an ARN, mostly. */
const UNKNOWN = 'x'.repeat(100);

export const roleGuards: readonly Guard[] = [
  {
    id: 'role-name',
    check: synthesized =>
      find(synthesized, 'AWS::IAM::Role')
        .filter(({ properties }) => String(properties.RoleName ?? '').length > NAME)
        .map(found => ({
          ...found,
          message: `is a role named ${found.properties.RoleName} (${found.properties.RoleName.length} characters), and IAM takes ${NAME}: shorten the name of the service or of the environment`,
        })),
  },
  {
    id: 'role-policy-size',
    check: synthesized =>
      find(synthesized, 'AWS::IAM::Role').flatMap(found => {
        const size = inlinePolicies(synthesized, found).reduce<number>(
          (sum, each) => sum + characters(each),
          0,
        );
        if (size <= INLINE_POLICIES) return [];
        const message = `has inline policies of ${size.toLocaleString('en-US')} characters, and IAM takes ${INLINE_POLICIES.toLocaleString('en-US')} a role: name resources by a common prefix, or divide the role`;
        return { ...found, message };
      }),
  },
  {
    id: 'managed-policy-size',
    check: synthesized =>
      find(synthesized, 'AWS::IAM::ManagedPolicy').flatMap(found => {
        const size = characters(found.properties.PolicyDocument ?? {});
        if (size <= MANAGED_POLICY) return [];
        const message = `has ${size.toLocaleString('en-US')} characters, and IAM takes ${MANAGED_POLICY.toLocaleString('en-US')} a managed policy: divide it`;
        return { ...found, message };
      }),
  },
  {
    id: 'managed-policies',
    check: synthesized =>
      find(synthesized, 'AWS::IAM::Role').flatMap(found => {
        const count = managedPolicies(synthesized, found);
        if (count <= MANAGED_POLICIES) return [];
        const message = `has ${count} managed policies, and IAM takes ${MANAGED_POLICIES} a role: divide the role`;
        return { ...found, message };
      }),
  },
  {
    id: 'role-trust-size',
    check: synthesized =>
      find(synthesized, 'AWS::IAM::Role').flatMap(found => {
        const size = characters(found.properties.AssumeRolePolicyDocument ?? {});
        if (size <= TRUST_POLICY) return [];
        const message = `has a trust policy of ${size} characters, and IAM takes ${TRUST_POLICY}: trust fewer principals, or divide the role`;
        return { ...found, message };
      }),
  },
];

/** Those that the role names, and those of its stack that name it. */
function managedPolicies(synthesized: Synthesized, { stack, logicalId, properties }: Found): number {
  const own: unknown[] = properties.ManagedPolicyArns ?? [];
  const attached = find({ stacks: [stack] }, 'AWS::IAM::ManagedPolicy').filter(({ properties: { Roles } }) =>
    ((Roles ?? []) as unknown[]).some(
      role => follow(synthesized, stack, role).key === `${stack.name}/${logicalId}`,
    ),
  );
  return own.length + attached.length;
}

/** Those that the role carries itself, and those of its stack that name it. */
function inlinePolicies(synthesized: Synthesized, { stack, logicalId, properties }: Found): unknown[] {
  const own: Properties[] = Array.isArray(properties.Policies) ? properties.Policies : [];
  const attached = find({ stacks: [stack] }, 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy').filter(
    ({ properties: { Roles, RoleName } }) =>
      [...(Roles ?? []), ...(RoleName === undefined ? [] : [RoleName])].some(
        role => follow(synthesized, stack, role).key === `${stack.name}/${logicalId}`,
      ),
  );
  return [
    ...own.map(({ PolicyDocument }) => PolicyDocument),
    ...attached.map(each => each.properties.PolicyDocument),
  ];
}

/** IAM does not count white space. */
function characters(document: unknown): number {
  return JSON.stringify(known(document)).replace(/\s/g, '').length;
}

/** The document as it will be, as far as a template tells. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [[key, inner] = ['', undefined]] = entries;
  if (entries.length === 1 && key === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]];
    return parts.map(part => String(known(part))).join(separator);
  }
  if (entries.length === 1 && key === 'Ref') return PSEUDO[String(inner)] ?? UNKNOWN;
  if (entries.length === 1 && key === 'Fn::Sub') return typeof inner === 'string' ? inner : UNKNOWN;
  if (entries.length === 1 && key.startsWith('Fn::')) return UNKNOWN;
  return Object.fromEntries(entries.map(([name, each]) => [name, known(each)]));
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'ap-northeast-1',
  'AWS::URLSuffix': 'amazonaws.com',
};
