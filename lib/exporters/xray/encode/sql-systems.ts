// Database systems that speak SQL; calls to them get a `sql` block.
// Source: values of `db.system` (semantic conventions 1.25) and `db.system.name` (1.38), 2026-11.

/** Lower case. The first line is the collector's list. */
const SQL_SYSTEMS: ReadonlySet<string> = new Set(
  `db2 derby hive mariadb mssql mysql oracle postgresql sqlite teradata other_sql
   h2 h2database hsqldb cockroachdb redshift aws.redshift clickhouse trino presto snowflake spanner gcp.spanner duckdb
   firebird firebirdsql informix ibm.informix ibm.db2 ibm.netezza netezza oracle.db microsoft.sql_server mssqlcompact
   sap.hana hanadb sap.maxdb maxdb sybase vertica ingres actian.ingres interbase intersystems.cache intersystems_cache
   edb cloudscape progress pointbase pervasive firstsql instantdb adabas softwareag.adabas filemaker tidb yugabytedb`.split(
    /\s+/,
  ),
);

/** @param system value of `db.system` or `db.system.name`, in any case */
export function isSqlSystem(system: string): boolean {
  return SQL_SYSTEMS.has(system.toLowerCase());
}
