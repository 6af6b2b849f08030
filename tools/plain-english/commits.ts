// Finds commit subjects that are too long, since this check was introduced.
import { spawnSync } from 'node:child_process';

const MAX_SUBJECT = 72;
/** Commits with a long subject that landed before the check had run. The history of main is never rewritten. */
const LANDED: readonly string[] = ['89bd379', 'ed3f0a2'];
const CHECK = 'tools/plain-english/commits.ts';

/** Long subjects, or the reason why the history could not be read. */
export type Subjects = { readonly long: readonly string[] } | { readonly skipped: string };

/** Standard output of a git command; undefined when git fails or is missing. */
function git(root: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Reads the subjects of all commits from the one that added this file. Merge commits are exempt. */
export function longSubjects(root: string): Subjects {
  if (git(root, 'rev-parse', '--git-dir') === undefined) return { skipped: 'no git history here' };
  if (git(root, 'rev-parse', '--is-shallow-repository') === 'true')
    return { skipped: 'the clone is shallow' };
  const base = git(root, 'log', '--diff-filter=A', '--format=%H', '--', CHECK)?.split('\n').at(-1);
  if (!base) return { skipped: 'the check is not committed yet' };
  const log = git(root, 'log', '--no-merges', '--format=%h %s', 'HEAD', '--not', `${base}^@`);
  const subjects = (log ?? '').split('\n').filter((line) => line !== '');
  return {
    long: subjects.filter(
      (line) =>
        line.slice(line.indexOf(' ') + 1).length > MAX_SUBJECT &&
        !LANDED.some((commit) => line.startsWith(commit)),
    ),
  };
}
