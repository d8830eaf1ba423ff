declare module 'virtual:page' {
  /** the document of the page, packed by gzip, in base64 */
  const page: string;
  export default page;
}

declare module 'virtual:worker-source' {
  /** the worker as one script */
  const source: string;
  export default source;
}
