/**
 * What takes long to compute and is not asked for by everybody: a property that is computed when it is read
 * first. Spreading an object reads all of them, `joined` none.
 */

/** A function that computes once. */
export function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** The properties of both, of the second where both have one; what is computed later stays so. */
export const joined = <A extends object, B extends object>(base: A, more: B): Omit<A, keyof B> & B =>
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(base),
      ...Object.getOwnPropertyDescriptors(more),
    },
  ) as Omit<A, keyof B> & B;

/** Whether a property is computed when it is read. */
export const isLater = (of: object, key: string): boolean =>
  Object.getOwnPropertyDescriptor(of, key)?.get !== undefined;
