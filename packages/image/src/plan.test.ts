import { describe, expect, test } from '@jest/globals';
import { parseDockerfile } from './dockerfile.ts';
import { baseReference, planImage, unusedBuildArgs } from './plan.ts';

const service = `ARG REGISTRY=public.ecr.aws
FROM \${REGISTRY}/docker/library/node:24-slim
WORKDIR /app
COPY dist/ ./
ENV NODE_ENV=production PORT=3000
EXPOSE 3000
USER 1000
CMD ["node", "main.js"]
`;

function plan(text: string, base = {}, args = {}) {
  return planImage(parseDockerfile(`FROM x\n${text}`, 'Dockerfile'), base, args);
}

describe('Dockerfile', () => {
  test('of a service says base, files and how it starts', () => {
    const dockerfile = parseDockerfile(service, 'Dockerfile');
    expect(baseReference(dockerfile, {})).toBe('public.ecr.aws/docker/library/node:24-slim');
    expect(baseReference(dockerfile, { REGISTRY: 'r:1/p' })).toBe('r:1/p/docker/library/node:24-slim');
    const { config, copies, history } = planImage(dockerfile, { Env: ['PATH=/bin'], Cmd: ['node'] }, {});
    expect(config).toEqual({
      Env: ['PATH=/bin', 'NODE_ENV=production', 'PORT=3000'],
      Cmd: ['node', 'main.js'],
      WorkingDir: '/app',
      ExposedPorts: { '3000/tcp': {} },
      User: '1000',
    });
    expect(copies).toMatchObject([{ sources: ['dist/'], destination: '/app', isDirectory: true }]);
    expect(history.map(({ created_by, empty_layer }) => [created_by, empty_layer ?? false])).toEqual([
      ['WORKDIR /app', true],
      ['COPY dist/ ./', false],
      ['ENV NODE_ENV=production PORT=3000', true],
      ['EXPOSE 3000', true],
      ['USER 1000', true],
      ['CMD ["node", "main.js"]', true],
    ]);
  });

  test('expands variables of ARG and ENV, ENV first, each instruction with what stood before it', () => {
    const { config } = plan(
      'ARG A=arg\nARG B\nARG GLOBAL\nENV A=env\nENV A=new C=$A-$B E="x y"\nENV OLD the  rest\nLABEL z=1 "a.b"="$C"\nWORKDIR $C\nWORKDIR sub',
      {},
      { B: 'given' },
    );
    expect(config.Env).toEqual(['A=new', 'C=env-given', 'E=x y', 'OLD=the  rest']);
    expect(config.Labels).toEqual({ 'a.b': 'env-given', z: '1' });
    expect(Object.keys(config.Labels!)).toEqual(['a.b', 'z']);
    expect(config.WorkingDir).toBe('/env-given/sub');
  });

  test('takes a value from before FROM only where ARG asks for it', () => {
    const text = 'ARG V=1\nFROM x\nENV A=$V\nARG V\nENV B=$V';
    expect(planImage(parseDockerfile(text, 'f'), {}, {}).config.Env).toEqual(['A=', 'B=1']);
  });

  test('joins continuation lines and skips comments between them', () => {
    expect(plan('ENV A=1 \\\n # why\n B=2').config.Env).toEqual(['A=1', 'B=2']);
  });

  test('an entry point drops the command of the base image, not its own', () => {
    expect(plan('ENTRYPOINT ["e"]', { Cmd: ['base'] }).config).toEqual({ Entrypoint: ['e'] });
    expect(plan('CMD ["own"]\nENTRYPOINT ["e"]', { Cmd: ['base'] }).config).toEqual({
      Entrypoint: ['e'],
      Cmd: ['own'],
    });
  });

  test('the shell form goes through the shell', () => {
    expect(plan('CMD node main.js').config.Cmd).toEqual(['/bin/sh', '-c', 'node main.js']);
  });

  test('a health check is recorded', () => {
    const { config } = plan(
      'HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD curl -f http://x || exit 1',
    );
    expect(config.Healthcheck).toEqual({
      Test: ['CMD-SHELL', 'curl -f http://x || exit 1'],
      Interval: 90e9,
      Timeout: 5e8,
      Retries: 3,
    });
    expect(plan('HEALTHCHECK NONE').config.Healthcheck).toEqual({ Test: ['NONE'] });
    expect(plan('HEALTHCHECK CMD ["node", "h.js"]').config.Healthcheck).toEqual({
      Test: ['CMD', 'node', 'h.js'],
    });
  });

  test.each<[string, string, string]>([
    ['RUN npm ci', 'NEEDS_DOCKER', 'Dockerfile:2: RUN: it needs a container to run in'],
    ['ADD x y', 'UNSUPPORTED', 'Dockerfile:2: ADD: this builder does not know it'],
    ['VOLUME /data', 'UNSUPPORTED', 'Dockerfile:2: VOLUME'],
    ['WORKDIR /a\nBLAH x', 'UNSUPPORTED', 'Dockerfile:3: BLAH'],
    ['COPY --chown=1:1 a b', 'UNSUPPORTED', 'Dockerfile:2: COPY: --chown is not supported'],
    ['COPY --from=x a b', 'UNSUPPORTED', 'Dockerfile:2: COPY: --from is not supported'],
    ['COPY --chmod=u+x a b', 'UNSUPPORTED', 'three octal digits'],
    ['COPY a', 'DOCKERFILE_INVALID', 'Dockerfile:2: COPY: it takes sources and a destination'],
    ['COPY a b c', 'DOCKERFILE_INVALID', 'a destination that ends with /'],
    ['COPY <<EOF /x\nhi\nEOF', 'UNSUPPORTED', 'Dockerfile:2: COPY: it takes no inline files'],
    ['ENV', 'DOCKERFILE_INVALID', 'Dockerfile:2: ENV: it takes an argument'],
    ['ENV A', 'DOCKERFILE_INVALID', 'it takes name=value'],
    ['ENV A="x', 'DOCKERFILE_INVALID', 'does not end'],
    ['EXPOSE 99999', 'DOCKERFILE_INVALID', '"99999" is not a port'],
    ['FROM y', 'UNSUPPORTED', 'Dockerfile:2: FROM: a second stage'],
    ['HEALTHCHECK --interval=soon CMD x', 'DOCKERFILE_INVALID', '--interval=soon is not understood'],
  ])('%j is refused with its place', (text, code, why) => {
    expect(() => plan(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(why) }),
    );
  });

  test('needs a FROM, and only ARG before it', () => {
    expect(() => parseDockerfile('WORKDIR /', 'f')).toThrow(/f: there is no FROM/);
    expect(() => parseDockerfile('ENV A=1\nFROM x', 'f')).toThrow(/f:1: ENV: only ARG/);
    expect(() => baseReference(parseDockerfile('ARG E\nFROM $E', 'f'), {})).toThrow(/is empty/);
    expect(() => baseReference(parseDockerfile('FROM --platform=linux/arm64 x', 'f'), {})).toThrow(
      /--platform/,
    );
  });

  test('tells build arguments that nobody asks for', () => {
    expect(unusedBuildArgs(parseDockerfile(service, 'f'), { REGISTRY: 'x', TYPO: 'y' })).toEqual(['TYPO']);
  });
});
