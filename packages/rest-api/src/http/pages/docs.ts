import { page } from './page.ts';

/** The contract as a page. Everything it loads comes from this server. */
export const docsPage = (): string =>
  page({
    title: 'Agent Harbor API',
    head: '<link rel="stylesheet" href="/api/docs/swagger-ui.css">',
    body: [
      '<div id="docs">The document itself is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</div>',
      '<script src="/api/docs/swagger-ui-bundle.js"></script>',
      '<script src="/api/docs/start.js"></script>',
    ].join('\n'),
  });

/** Swagger UI writes inline styles and inline images; scripts come from files only. */
export const docsHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-cache',
};

export const docsScript = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
});
`;
