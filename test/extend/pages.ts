/** The guides that change the product, in the order in which they are followed. */
export const growingPages = ['add-an-endpoint', 'add-an-event', 'add-an-agent'] as const;
