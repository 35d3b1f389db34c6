import type { StackOutput } from '@slipway/assembly';
import type { Session } from './session.ts';
import { exportInUse } from './tables.ts';

/** AWS's sentence when the exports of a stack cannot become those of `outputs`. */
export function conflictingExport(session: Session, outputs: readonly StackOutput[]): string | undefined {
  const { stack, tables } = session;
  const next = new Map(
    outputs.flatMap(each => (each.exportName ? [[each.exportName, each.value] as const] : [])),
  );
  if (next.size < outputs.filter(each => each.exportName).length)
    return 'Duplicate Export names in the template';
  for (const name of next.keys()) {
    const owner = tables.exports.get(`${stack.region}/${name}`);
    if (owner && owner.stackKey !== stack.key) {
      return `Export with name ${name} is already exported by stack ${owner.stackId.split('/')[1]}`;
    }
  }
  for (const [name, value] of currentExports(session)) {
    if (next.get(name) === value) continue;
    const inUse = exportInUse(tables, stack, name, next.has(name) ? 'updated' : 'deleted');
    if (inUse) return inUse;
  }
  return undefined;
}

/** Makes the exports of a stack those of `outputs`. */
export function publishOutputs(session: Session, outputs: readonly StackOutput[]): void {
  const { stack, tables } = session;
  for (const name of currentExports(session).keys()) {
    if (!outputs.some(each => each.exportName === name)) tables.exports.delete(`${stack.region}/${name}`);
  }
  for (const { exportName: name, value } of outputs) {
    if (name)
      tables.exports.put(`${stack.region}/${name}`, { name, value, stackKey: stack.key, stackId: stack.id });
  }
}

function currentExports({ stack }: Session): Map<string, string> {
  if (stack.status === 'CREATE_IN_PROGRESS') return new Map();
  return new Map(
    stack.outputs.flatMap(each => (each.exportName ? [[each.exportName, each.value] as const] : [])),
  );
}
