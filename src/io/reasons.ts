type SystemError = NodeJS.ErrnoException;

/** Why a path could not be written. */
export function unwritable(error: unknown): string {
  const code = (error as SystemError).code;
  const reasons: Record<string, string> = {
    EACCES: 'not writable',
    EPERM: 'not writable',
    ENOENT: 'not writable',
    EROFS: 'on a read-only file system',
    ENOSPC: 'no space left on the disk',
    EDQUOT: 'no space left on the disk',
    EFBIG: 'no space left on the disk',
    EISDIR: 'a folder is in the way',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a part of the path is a file',
    ELOOP: 'links go round in circles',
    ENAMETOOLONG: 'the name is too long',
    EBUSY: 'in use or a mount point; give a folder in it',
  };
  return reasons[code ?? ''] ?? (error as Error).message;
}

/** Why a path could not be read. */
export function unreadable(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'not readable',
    EISDIR: 'is a folder',
  };
  return reasons[(error as SystemError).code ?? ''] ?? (error as Error).message;
}
