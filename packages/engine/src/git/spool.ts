import {
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  watch,
} from 'node:fs';
import { join } from 'node:path';
import { arn } from '../core/arn.ts';
import type { Context } from '../core/context.ts';
import { messageOf } from '../core/errors.ts';

/** A push as the hook noted it. */
interface Push {
  repository: string;
  ref: string;
  old: string;
  new: string;
}

/** Looks this often although nothing was announced, in case an announcement was lost. */
const LOOK_AGAIN_MS = 2000;

/**
 * Takes noted pushes in order and turns each into one event. The event and the memory of the file are one
 * transaction, so a crash before the file is deleted tells nothing twice.
 */
export class Spool {
  readonly directory: string;
  readonly #context: Context;
  #watcher: FSWatcher | undefined;
  #cancel: (() => void) | undefined;

  constructor(context: Context, directory: string) {
    this.#context = context;
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Takes what is there, and from now on whatever appears. */
  start(): void {
    this.#watcher = watch(this.directory, { persistent: false }, () => this.take());
    this.#watcher.on('error', error => this.#context.log(`watching for pushes: ${messageOf(error)}`));
    const look = (): void => {
      this.take();
      this.#cancel = this.#context.clock.at(this.#context.clock.now() + LOOK_AGAIN_MS, look);
    };
    look();
  }

  stop(): void {
    this.#watcher?.close();
    this.#cancel?.();
  }

  /** Takes what is there now. */
  take(): void {
    try {
      for (const file of this.#files()) this.#takeOne(file);
    } catch (error) {
      this.#context.log(`taking pushes: ${messageOf(error)}`);
    }
  }

  #files(): string[] {
    return readdirSync(this.directory)
      .filter(name => name.endsWith('.json'))
      .map(name => ({ name, at: statSync(join(this.directory, name), { bigint: true }).mtimeNs }))
      .sort((a, b) => (a.at === b.at ? (a.name < b.name ? -1 : 1) : a.at < b.at ? -1 : 1))
      .map(file => file.name);
  }

  #takeOne(name: string): void {
    const { store } = this.#context;
    const file = join(this.directory, name);
    const taken = store.table<true>('git_pushes');
    const push = parsePush(readFileSync(file, 'utf8'));
    if (!push) {
      this.#context.log(`no push can be read in ${file}; it is set aside`);
      renameSync(file, `${file}.unreadable`);
      return;
    }
    if (!taken.get(name)) {
      store.transaction(() => {
        taken.put(name, true);
        store.events.append(stateChange(this.#context, push));
      });
    }
    unlinkSync(file);
    taken.delete(name);
  }
}

function parsePush(text: string): Push | undefined {
  const id = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
  try {
    const push = JSON.parse(text) as Push;
    const good = id.test(push.old) && id.test(push.new) && /^refs\/(heads|tags)\/\S+$/.test(push.ref);
    return good && /^[A-Za-z0-9._-]+$/.test(push.repository) ? push : undefined;
  } catch {
    return undefined;
  }
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html#referenceUpdated */
function stateChange(context: Context, push: Push) {
  const created = /^0+$/.test(push.old);
  const deleted = /^0+$/.test(push.new);
  const [, kind, ...name] = push.ref.split('/');
  return {
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    resources: [arn('codecommit', context, push.repository)],
    detail: {
      event: created ? 'referenceCreated' : deleted ? 'referenceDeleted' : 'referenceUpdated',
      repositoryName: push.repository,
      referenceType: kind === 'tags' ? 'tag' : 'branch',
      referenceName: name.join('/'),
      referenceFullName: push.ref,
      ...(!deleted && { commitId: push.new }),
      ...(!created && { oldCommitId: push.old }),
    },
  };
}
