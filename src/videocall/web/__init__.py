"""HTTP around the domains: access, errors, security headers, static files, API description, health."""
