#!/bin/sh
# Makes Kabinet's roles and database (deploy/README.md, “A database”) when the volume is new.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
  --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" \
  --set worker="$WORKER_PASSWORD" --set dns="$DNS_PASSWORD" <<'SQL'
create role kabinet_owner login password :'owner';
create role kabinet_app login password :'app';
create role kabinet_worker login password :'worker';
create role kabinet_dns login password :'dns';
alter role kabinet_app set search_path = public, jobs;
alter role kabinet_app set statement_timeout = '5s';
alter role kabinet_app set lock_timeout = '2s';
alter role kabinet_app set idle_in_transaction_session_timeout = '15s';
alter role kabinet_worker set search_path = public, jobs;
alter role kabinet_worker set statement_timeout = '60s';
alter role kabinet_worker set lock_timeout = '2s';
alter role kabinet_worker set idle_in_transaction_session_timeout = '60s';
alter role kabinet_dns set statement_timeout = '60s';
alter role kabinet_dns set idle_in_transaction_session_timeout = '15s';
create database kabinet owner kabinet_owner template template0 encoding 'UTF8';
revoke all on database kabinet from public;
grant connect on database kabinet to kabinet_owner, kabinet_app, kabinet_worker, kabinet_dns;
SQL
