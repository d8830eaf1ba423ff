export function docsPage(markdown: string): string;
export function slugOf(text: string): string;
