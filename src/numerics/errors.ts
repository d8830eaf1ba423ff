/** A factorisation met a matrix that is not positive definite: a solver left the region where its equations hold. */
export class NotPositiveDefiniteError extends Error {
  override readonly name = 'NotPositiveDefiniteError';
}

/** Bad input, told in one line that names the culprit and what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** A computation that would not fit into memory, refused before anything is allocated. */
export class MemoryError extends InputError {}
