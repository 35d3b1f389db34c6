import type { Assembly } from './fixture.ts';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** A role as its template has it, with the statements of all its policies. */
export interface Role {
  readonly stack: string;
  readonly name: string;
  readonly boundary: unknown;
  readonly trust: readonly {
    readonly Principal: { readonly Service?: string; readonly AWS?: string };
    readonly Condition?: Record<string, Record<string, unknown>>;
  }[];
  readonly statements: readonly Statement[];
}

export function rolesIn(assembly: Pick<Assembly, 'templates'>): Role[] {
  return Object.entries(assembly.templates).flatMap(([stack, { Resources }]) =>
    Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties }) => {
        const documents = (Properties.Policies ?? []).map((each: Inline) => each.PolicyDocument);
        const attached = (Properties.ManagedPolicyArns ?? []).map(
          ({ Ref }: { Ref: string }) => Resources[Ref]!.Properties.PolicyDocument,
        );
        return {
          ...{ stack, name: Properties.RoleName, boundary: Properties.PermissionsBoundary },
          trust: JSON.parse(
            JSON.stringify(Properties.AssumeRolePolicyDocument.Statement).replace(
              /\{"Fn::GetAtt":\["(\w+)","Arn"\]\}/g,
              (_, id: string) => `"role/${Resources[id]!.Properties.RoleName}"`,
            ),
          ),
          statements: [...documents, ...attached].flatMap(document => document.Statement),
        };
      }),
  );
}

interface Inline {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** One or many, as texts. */
export function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(item =>
    typeof item === 'string' ? item : JSON.stringify(item),
  );
}

/** Whether a pattern of IAM, with `*` and `?`, stands for a value. */
export function matches(pattern: string, value: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'i').test(value);
}
