import type { Statement } from './role.ts';

const EFFECTS = ['Allow', 'Deny'];

/** The statements of a policy document. Throws with AWS's word MalformedPolicyDocument. */
export function statementsOf(document: unknown, where: string): Statement[] {
  if (typeof document !== 'object' || document === null) throw malformed(where, 'it is no object');
  const { Statement: written } = document as { Statement?: unknown };
  const statements = Array.isArray(written) ? written : written === undefined ? [] : [written];
  if (statements.length === 0) throw malformed(where, 'it has no statement');
  for (const statement of statements) {
    if (typeof statement !== 'object' || statement === null)
      throw malformed(where, 'a statement is no object');
    if (!EFFECTS.includes(statement.Effect))
      throw malformed(where, 'the Effect of a statement must be Allow or Deny');
    if (statement.Action === undefined && statement.NotAction === undefined) {
      throw malformed(where, 'a statement has no Action');
    }
  }
  return statements as Statement[];
}

/** The ARNs that `Principal.AWS` names. */
export function principalsOf(statement: Statement): string[] {
  const principal = statement.Principal as { AWS?: unknown } | string | undefined;
  const named = typeof principal === 'object' && principal !== null ? principal.AWS : undefined;
  return [named].flat().filter((each): each is string => typeof each === 'string');
}

function malformed(where: string, what: string): Error {
  return new Error(`MalformedPolicyDocument: ${where}: ${what}`);
}
