import * as iam from 'aws-cdk-lib/aws-iam';
import type { Permission } from './role.ts';

/** IAM's limits, with room for what surrounds the statements: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_LENGTH = 10_000;
const MANAGED_LENGTH = 6_000;

/**
 * The policies of a role: one that is part of it and, only where that is not long enough, further ones. Permissions on
 * the same resources under the same conditions become one statement.
 */
export function policiesOf(
  permissions: readonly Permission[],
  { inline: inlineLength = INLINE_LENGTH }: { readonly inline?: number } = {},
): {
  readonly inline: iam.PolicyDocument;
  readonly further: readonly iam.PolicyDocument[];
} {
  const bins: Permission[][] = [[]];
  let room = inlineLength;
  for (const permission of merge(permissions)) {
    const length = JSON.stringify(toStatement(permission).toStatementJson()).length + 1;
    // What fits nowhere stays in the role's own policy: a guard tells of it.
    if (length > MANAGED_LENGTH && inlineLength > 0) {
      bins[0]!.push(permission);
      continue;
    }
    if (length > room) {
      room = MANAGED_LENGTH;
      bins.push([]);
    }
    bins.at(-1)!.push(permission);
    room -= length;
  }
  const document = (bin: readonly Permission[]) =>
    new iam.PolicyDocument({ statements: bin.map(toStatement) });
  const [inline = [], ...further] = bins;
  return { inline: document(inline), further: further.map(document) };
}

function merge(permissions: readonly Permission[]): Permission[] {
  const merged = new Map<string, Permission>();
  for (const permission of permissions) {
    const key = JSON.stringify([[...permission.resources].sort(), permission.conditions]);
    const known = merged.get(key);
    const actions = [...new Set([...(known?.actions ?? []), ...permission.actions])].sort();
    merged.set(key, { ...permission, ...known, actions });
  }
  return [...merged.values()];
}

function toStatement({ actions, resources, conditions }: Permission): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions: { ...conditions } }),
  });
}
