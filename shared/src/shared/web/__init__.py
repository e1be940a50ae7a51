"""Everything that speaks HTTP the same way in every service: routes, problems, pages, sign-in."""
