import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from './world.ts';

/**
 * Replaces the first place where `file` says `before`, by what is made of its groups where `after` is a function.
 * Throws where it does not: the scenario has grown stale.
 */
export function replaceIn(
  file: string,
  before: string | RegExp,
  after: string | ((...groups: string[]) => string),
): Change {
  return root => {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    const found = typeof before === 'string' ? text.includes(before) : before.test(text);
    if (!found) throw new Error(`${file} does not say ${before} any more: mend the scenario`);
    const make = typeof after === 'string' ? () => after : after;
    writeFileSync(
      path,
      text.replace(before, (_, ...groups) => make(...groups)),
    );
  };
}

export function append(file: string, text: string): Change {
  return root => writeFileSync(join(root, file), text, { flag: 'a' });
}

export function remove(path: string): Change {
  return root => rmSync(join(root, path), { recursive: true });
}

/** Many small files below a folder. */
export function addFiles(folder: string, count: number): Change {
  return root => {
    mkdirSync(join(root, folder), { recursive: true });
    for (let file = 0; file < count; file++) writeFileSync(join(root, folder, `${file}.txt`), `${file}\n`);
  };
}

const LEAD = /lead: '.*',/;
const PLACES_OF_TEXTS = ['page.ts', 'page-texts.ts', 'texts.ts', 'pages/texts.ts'];

/** One line of a service's page says something else. Its English texts stand first. */
export function changeLead(service: string, lead: string): Change {
  return root => {
    const files = PLACES_OF_TEXTS.map(place => `packages/${service}/src/${place}`);
    const file = files.find(each => {
      const path = join(root, each);
      return existsSync(path) && LEAD.test(readFileSync(path, 'utf8'));
    });
    if (file === undefined) throw new Error(`${service} has no lead any more: mend the scenario`);
    replaceIn(file, LEAD, `lead: '${lead}',`)(root);
  };
}

/** In ECS only: on a developer's machine and in a build a service starts and works. */
const inTask = (environment: string): string =>
  `env.ECS_CONTAINER_METADATA_URI_V4 && env.SLIPWAY_ENVIRONMENT === '${environment}'`;

/** The service's process cannot start in an environment, and says `words`. */
export function failToStart(service: string, environment: string, words: string): Change {
  return replaceIn(
    `packages/${service}/src/main.ts`,
    '  const config = readConfig(env);\n',
    `  if (${inTask(environment)}) throw new Error('${words}');\n  const config = readConfig(env);\n`,
  );
}

/** The service answers 503 at `path` in an environment, and says `words` in its log. */
export function answer503(service: string, at: { environment: string; path: string; words: string }): Change {
  return replaceIn(
    `packages/${service}/src/main.ts`,
    /return serve\((.*), kit, config\);/,
    app => `const answer = ${app};
    return serve((request, response) => {
      if (${inTask(at.environment)} && request.url === '${at.path}') {
        console.error('${at.words}');
        return void response.writeHead(503).end();
      }
      answer(request, response);
    }, kit, config);`,
  );
}
