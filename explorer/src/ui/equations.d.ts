declare module 'virtual:equations' {
  /** markup of every equation of equations.json by its name */
  const equations: Readonly<Record<string, string>>;
  export default equations;
}
