export declare const structuredProblems: Readonly<Record<string, unknown>>;
