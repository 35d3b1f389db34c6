import { at, TemplateError } from './errors.ts';
import { referencesIn, type Truth } from './references.ts';
import type { Template } from './template.ts';

/** What each of some things needs first. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * The resources that each resource needs: DependsOn, Ref, Fn::GetAtt and Fn::Sub in its properties and metadata.
 * With `truth`, only resources whose condition holds and only the branches of Fn::If that are taken.
 */
export function resourceGraph(template: Template, truth?: Truth): Graph {
  const holds = (condition: string | undefined): boolean =>
    condition === undefined || !truth || truth(condition);
  const included = [...template.resources].filter(([, resource]) => holds(resource.condition));
  const names = new Set(included.map(([logicalId]) => logicalId));
  return new Map(
    included.map(([logicalId, resource]) => {
      const values = [resource.properties, resource.metadata];
      const references = at({ logicalId }, () => referencesIn(values, truth));
      const needed = new Set([...references.map(each => each.name), ...resource.dependsOn]);
      return [logicalId, [...needed].filter(name => names.has(name))];
    }),
  );
}

/**
 * The nodes of a graph in waves: each wave needs only what earlier ones hold. Nodes keep their order within a wave.
 * Throws a TemplateError that names the circle when there is one.
 */
export function waves(graph: Graph): string[][] {
  const result: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < graph.size) {
    const wave = [...graph].filter(
      ([node, needs]) => !placed.has(node) && needs.every(need => placed.has(need) || !graph.has(need)),
    );
    if (wave.length === 0) {
      throw new TemplateError(
        `Circular dependency between resources: [${findCircle(graph, placed).join(', ')}]`,
      );
    }
    for (const [node] of wave) placed.add(node);
    result.push(wave.map(([node]) => node));
  }
  return result;
}

/** One circle among what is not placed: every such node needs another such node, so following them comes round. */
function findCircle(graph: Graph, placed: ReadonlySet<string>): string[] {
  const path: string[] = [];
  let node = [...graph.keys()].find(each => !placed.has(each));
  while (node !== undefined && !path.includes(node)) {
    path.push(node);
    node = graph.get(node)?.find(need => graph.has(need) && !placed.has(need));
  }
  return node === undefined ? path : path.slice(path.indexOf(node));
}
