/* Starts Swagger UI. A file of its own, since the content security policy runs nothing inline. */

window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger",
    deepLinking: true,
    validatorUrl: null, // it would send the description to somebody else
    defaultModelsExpandDepth: 0,
  });
});
