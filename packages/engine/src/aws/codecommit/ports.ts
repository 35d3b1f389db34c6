/** What CodeCommit needs of git: bare repositories by name. */
export interface Repositories {
  branch: string;
  /** Makes the repository when missing; returns its path. */
  create(name: string): Promise<string>;
  remove(name: string): void;
  exists(name: string): boolean;
  list(): string[];
  head(name: string, branch: string): Promise<string | undefined>;
  branches(name: string): Promise<string[]>;
  commit(name: string, id: string): Promise<GitCommit>;
  differences(name: string, from: string | undefined, to: string): Promise<GitDifference[]>;
}

export interface GitCommit {
  id: string;
  message: string;
  authoredBy: GitPerson;
  committedBy: GitPerson;
  tree: string;
  parents: string[];
}

export interface GitPerson {
  name: string;
  email: string;
  /** ISO 8601. */
  date: string;
}

export interface GitDifference {
  changeType: 'A' | 'M' | 'D';
  before?: GitBlob;
  after?: GitBlob;
}

export interface GitBlob {
  blobId: string;
  path: string;
  mode: string;
}

export interface CodeCommitPorts {
  git: Repositories;
}
