import type { Guard } from './finding.ts';

/** A CloudFormation action of a pipeline publishes nothing: what a stack needs must be in its template. */
export const assetGuards: readonly Guard[] = [
  {
    id: 'assets',
    check: ({ stacks }) =>
      stacks.flatMap(stack => {
        const files = stack.files.filter(path => path !== `${stack.name}.template.json`);
        if (files.length + stack.images.length === 0) return [];
        const what = [...files, ...stack.images].join(', ');
        const message = `needs assets (${what}), and the pipeline that deploys it publishes none: write a function's code inline, and replace a construct that brings custom resources`;
        return { stack, message };
      }),
  },
];
