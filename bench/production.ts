/** To be imported first: graphql-js checks more, and costs more, where NODE_ENV says nothing. */
process.env["NODE_ENV"] ??= "production";
